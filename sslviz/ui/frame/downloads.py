"""Files that are made only when somebody asks for them, and are still there when the browser fetches them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from streamlit import runtime
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx


def held(make: Callable[[], bytes | str], file_name: str, mime: str) -> Callable[[], bytes | str]:
    """`make` for a download button, whose file then belongs to this visitor until the page is drawn anew.

    A file that Streamlit makes when a button is pressed belongs to nobody: it is deleted as soon as two pages have been
    drawn, by whomever, and a browser that has not fetched it by then is told that there is no such file.

    Args:
        make: makes the file; it is called when the button is pressed.
        file_name: as the button has it.
        mime: as the button has it.
    """
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return make
    manager = runtime.get_instance().media_file_mgr

    def made() -> bytes | str:
        data = make()
        raw = data.encode() if isinstance(data, str) else data

        def hold() -> None:  # the same content has the same address, so what the button offers is this very file
            manager.add(raw, mime, f"held {file_name}", file_name=file_name, is_for_static_download=True)

        holder = Thread(target=hold)  # a thread of its own: it counts as this visitor's, as those of the server do not
        add_script_run_ctx(holder, context)
        holder.start()
        holder.join()
        return data

    return made
