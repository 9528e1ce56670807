// One entry of the browser's history a page: Streamlit makes one of every setting that Python writes into the link.

export function one_entry_a_page() {
  const push = history.pushState.bind(history)
  history.pushState = (state, unused, url) => {
    const same = !url || new URL(url, location.href).pathname === location.pathname
    if (same) history.replaceState(state, unused, url)
    else push(state, unused, url)
  }
}
