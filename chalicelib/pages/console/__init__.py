"""The console: pages for the office and for shippers, on the same API as everybody's programs.

How to add a view (say, ``live``):

1. ``pages/console/live.py`` has ``live = Endpoints(__name__)``, ``frames = ConsoleFrames(live)``
   and a GET of ``/console/live`` with ``media_types=(replies.HTML,)``, ``refuse=frames.refused``
   and the roles that ``navigation.py`` names for the view. It returns
   ``frames.page(actor, "console/live.html", view="live")``. The last part of the module's name is
   a tag of the reference: no resource of the API may have the same (``search.py`` shows shipments).
2. ``pages/blueprints.py`` gets ``"/console/live": "chalicelib.pages.console.live:live"``. From then
   on the navigation has the view, for the roles that may see it.
3. ``templates/console/live.html`` extends ``console/frame.html`` and fills its blocks: ``title``,
   ``tools``, ``content``, and ``head`` with the view's own script and style sheet.
4. ``web/src/console/live.js`` (and ``live.css``) is one more entry of the console in
   ``web/build.mjs``. It begins with ``const { api, page, times, toast, fail } = openConsole()`` of
   ``shell.js``: the API with the session (which is begun again in place when it has ended), who
   asks, and the hub with its time zone.

What changes something is asked of ``/v1``, by ``api.js``: a session may do what a key of its role
may, and the API decides.
"""
