// What has not been sent yet, and what came back: each a sentence with a way out.
import { button, h } from "./dom.js";
import { positions } from "./end.js";
import { reduced } from "./photo.js";
import { isDone } from "./queue.js";

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function unsent(app) {
  const { say, data, page } = app;
  const clock = new Intl.DateTimeFormat(page.tag, {
    hour: "2-digit",
    minute: "2-digit",
    hour12: page.hour12,
  });
  const fixes = data.own().filter(({ kind, state }) => kind === "fix" && state === "waiting").length;
  const shown = data.own().filter(({ kind, state }) => isDone(kind) && state !== "sent");
  const lines = shown
    .sort((a, b) => Number(b.state === "refused") - Number(a.state === "refused"))
    .map((entry) => line(app, entry, clock.format(new Date(entry.at))));
  if (fixes)
    lines.push(h("li", {}, h("span", { class: "mark" }, "○"), h("span", {}, `${say("what.fixes")}: ${fixes}`)));
  return {
    title: say("unsent.title"),
    body: [
      h(
        "section",
        { class: "card" },
        lines.length ? h("ul", { class: "parcels" }, ...lines) : h("p", { class: "lead" }, say("unsent.none")),
      ),
      h("p", {}, say("unsent.kept")),
      ...positions(app),
    ],
    dock: [button(say("back"), () => app.show("day"), "go")],
  };
}

/**
 * @param {App} app
 * @param {Entry} entry
 * @param {string} time
 */
function line(app, entry, time) {
  const { say, data } = app;
  const { problem } = entry;
  const isBack = entry.state === "refused";
  const again = async () => {
    await data.sendAgain(entry.action_id);
    app.render();
    void app.read();
    dispatchEvent(new Event("online"));
  };
  const away = async () => {
    await data.forget(entry.action_id);
    app.render();
  };
  return h(
    "li",
    { class: isBack ? "came-back" : null },
    h("span", { class: `mark ${isBack ? "no" : ""}`, "aria-hidden": "true" }, isBack ? "!" : "○"),
    h(
      "span",
      {},
      h("strong", {}, say(`what.${entry.kind}`, { what: entry.label })),
      h("small", {}, isBack ? `${time} · ${reason(app, entry)}` : time),
      isBack &&
        h(
          "span",
          { class: "pair" },
          problem?.code === "proof" ? retake(app, entry) : button(say("unsent.again"), again),
          button(say("unsent.away"), away),
        ),
    ),
  );
}

/**
 * Another picture for one that the office could not read. A signature cannot be had again.
 * @param {App} app
 * @param {Entry} entry
 */
function retake(app, entry) {
  if (entry.body.content_type === "image/png") return "";
  const id = `retake-${entry.seq}`;
  const input = h("input", {
    ...{ type: "file", id, accept: "image/*", capture: "environment", class: "for-ears" },
    onchange: async () => {
      const [file] = input.files ?? [];
      const blob = file && (await reduced(file).catch(() => null));
      if (!blob) return;
      await app.data.retake(entry, blob);
      app.render();
      dispatchEvent(new Event("online"));
    },
  });
  return h("span", { class: "retake" }, input, h("label", { for: id, class: "alt" }, app.say("unsent.retake")));
}

/**
 * @param {App} app
 * @param {Entry} entry
 */
function reason({ say, page }, { problem }) {
  const code = problem?.code ?? "other";
  const key = code.startsWith("scan.") ? code : `back.${code}`;
  return key in page.words ? say(key) : say("back.other", { detail: problem?.detail ?? code });
}
