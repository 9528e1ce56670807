"""What a page shows before Streamlit's client is there: its first screen, as it was drawn once.

A browser is busy with Streamlit's client for one to two seconds before that draws anything, on a school laptop for
more. So a page comes with its first screen as HTML that needs no script, laid over the page until the page itself has
drawn as much. A press on it is done by the page as soon as it can (`begin.js`).

`kept` holds these screens: a page, light or dark, on a wide window or on a phone. They are taken from the app in a
browser (`make looks`), and a test holds each against its page, pixel by pixel.
"""
