"""The console: pages for the office and for shippers, on the same API as everybody's programs.

How to add a view (say, ``live``):

1. ``pages/console/live.py`` has ``live = Endpoints(__name__)``, ``frames = ConsoleFrames(live)`` and a
   GET of ``/console/live`` with ``media_types=(replies.HTML,)``, ``refuse=frames.refused`` and the
   roles that ``navigation.py`` names for the view. It returns
   ``frames.page(actor, "console/live.html", view="live")``.
2. ``pages/blueprints.py`` gets ``"/console/live": "chalicelib.pages.console.live:live"``. From then on the
   navigation has the view, for the roles that may see it.
3. ``templates/console/live.html`` extends ``console/frame.html`` and fills its blocks: ``title``,
   ``tools``, ``content``, and ``head`` with the view's own script and style sheet.
4. ``web/src/console/live.js`` (and ``live.css``) is one more entry of the console in ``web/build.mjs``. It
   asks the API by ``createConsole()`` of ``shell.js``, which signs in again in place when a session
   has ended, and knows who asks, the hub and its time zone.
"""
