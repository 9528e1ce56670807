// A mark for each true class, so that nothing rests on colour alone. It stands in front of the parts that draw maps.
const STAR = Array.from({ length: 10 }, (_, i) => [Math.sin, Math.cos].map((f, y) => (i % 2 ? .6 : y ? -1.35 : 1.35) * (i % 2 && y ? -1 : 1) * f(i * Math.PI / 5))).flat()
const SHAPES = [
  (c, x, y, r) => { c.moveTo(x + r, y); c.arc(x, y, r, 0, 7) },
  (c, x, y, r) => c.rect(x - r * .9, y - r * .9, r * 1.8, r * 1.8),
  (c, x, y, r) => polygon(c, x, y, [0, -1.2, 1.1, .8, -1.1, .8], r),
  (c, x, y, r) => polygon(c, x, y, [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0], r),
  (c, x, y, r) => polygon(c, x, y, [0, 1.2, 1.1, -.8, -1.1, -.8], r),
  (c, x, y, r) => polygon(c, x, y, [-.4, -1.2, .4, -1.2, .4, -.4, 1.2, -.4, 1.2, .4, .4, .4, .4, 1.2, -.4, 1.2, -.4, .4, -1.2, .4, -1.2, -.4, -.4, -.4], r),
  (c, x, y, r) => c.rect(x - r * 1.3, y - r * .5, r * 2.6, r),
  (c, x, y, r) => polygon(c, x, y, [0, -.5, .75, -1.2, 1.2, -.75, .5, 0, 1.2, .75, .75, 1.2, 0, .5, -.75, 1.2, -1.2, .75, -.5, 0, -1.2, -.75, -.75, -1.2], r),
  (c, x, y, r) => polygon(c, x, y, STAR, r),
  (c, x, y, r) => { c.moveTo(x + r * 1.15, y); c.arc(x, y, r * 1.15, 0, 7); c.moveTo(x + r * .55, y); c.arc(x, y, r * .55, 0, -7, true) },
]
function polygon(c, x, y, corners, r) {
  c.moveTo(x + r * corners[0], y + r * corners[1])
  for (let i = 2; i < corners.length; i += 2) c.lineTo(x + r * corners[i], y + r * corners[i + 1])
  c.closePath()
}

