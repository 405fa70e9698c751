// The map of the console: streets by Leaflet, and all vans on one canvas, so that hundreds stay smooth. Near ones are
// drawn as one circle with their number and the worst of their states. It repeats what the lists say in words.

import { DomUtil, LatLngBounds, Layer, Map as LeafletMap, Point, TileLayer } from "leaflet/dist/leaflet-src.esm.js";
import { addStreets } from "../tracking/streets.js";
import { KINDS } from "./fleet.js";

const PAN_PX = 120;
const CELL_PX = 44;
const REACH_PX = 22;
const RADIUS_PX = 12;
const ORDER = ["silent", "late", "at_risk", "on_time"];
const LABELS_BELOW = 40;
const OLD_S = 180;

/**
 * @typedef {object} Dot
 * @property {string} id
 * @property {[lat: number, lon: number]} at
 * @property {string} standing
 * @property {number | null} heading
 * @property {number | null} ageS
 * @property {string} label
 */

/** @typedef {{ x: number, y: number, dots: Dot[] }} Drawn */

/**
 * @param {{ frame: HTMLElement, ground: { kind: string, url: string }, onChoose: (id: string) => void }} parts
 */
export function createVanMap({ frame, ground, onChoose }) {
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  const map = new LeafletMap(frame, {
    attributionControl: false,
    zoomControl: false,
    keyboard: false, // the buttons do all of it, and each van is in the list
    zoomAnimation: false,
    fadeAnimation: false,
    zoomSnap: ground.kind === "tiles" ? 1 : 0.25,
    minZoom: 3,
    maxZoom: 18,
  });
  map.setView([60.17, 24.94], 12);
  const animate = { animate: !stillness.matches };
  if (ground.kind === "tiles") new TileLayer(ground.url, { maxZoom: 19, referrerPolicy: "strict-origin" }).addTo(map);
  if (ground.kind === "streets") addStreets(map, ground.url, (lonDeg) => lonDeg).catch(() => {});

  /** @type {Dot[]} */
  let dots = [];
  /** @type {{ at: [number, number], kind: string }[]} */
  let stops = [];
  /** @type {[number, number][]} */
  let track = [];
  /** @type {Drawn[]} */
  let drawn = [];
  let isFitted = false;
  /** @type {Record<string, string>} */
  let colours = {};
  const canvas = document.createElement("canvas");
  canvas.className = "vans";
  /** Time of the last drawing, for measurements. */
  let lastMs = 0;

  const VanLayer = Layer.extend({
    onAdd() {
      map.getPanes().overlayPane?.append(canvas);
      map.on("move moveend zoomend viewreset resize", draw);
    },
  });
  map.addLayer(new VanLayer());

  function readColours() {
    const style = getComputedStyle(frame);
    const names = ["ok", "risk", "late", "silent", "done", "card", "ink", "land", "soft"];
    colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }
  readColours();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColours();
    draw();
  });

  function draw() {
    const started = performance.now();
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== size.x * ratio || canvas.height !== size.y * ratio) {
      canvas.width = size.x * ratio;
      canvas.height = size.y * ratio;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    DomUtil.setPosition(canvas, map.containerPointToLayerPoint(new Point(0, 0)));
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, size.x, size.y);
    drawTrack(pen);
    for (const stop of stops) {
      const { x, y } = map.latLngToContainerPoint(stop.at);
      pen.beginPath();
      pen.arc(x, y, 4.5, 0, 7);
      pen.fillStyle = colours[stop.kind] ?? colours.done ?? "";
      pen.strokeStyle = colours.card ?? "";
      pen.lineWidth = 1.5;
      pen.fill();
      pen.stroke();
    }
    drawn = grouped(size);
    const withLabels = drawn.length < LABELS_BELOW;
    for (const each of drawn) (each.dots.length > 1 ? drawMany : drawOne)(pen, each, withLabels);
    lastMs = performance.now() - started;
  }

  /** @param {CanvasRenderingContext2D} pen */
  function drawTrack(pen) {
    if (track.length < 2) return;
    pen.beginPath();
    for (const at of track) {
      const { x, y } = map.latLngToContainerPoint(at);
      pen.lineTo(x, y);
    }
    pen.strokeStyle = colours.soft ?? "";
    pen.lineWidth = 2;
    pen.stroke();
  }

  /** Vans in view, near ones together. @param {Point} size @returns {Drawn[]} */
  function grouped(size) {
    /** @type {Map<string, Drawn>} */
    const cells = new Map();
    for (const dot of dots) {
      const { x, y } = map.latLngToContainerPoint(dot.at);
      if (x < -30 || y < -30 || x > size.x + 30 || y > size.y + 30) continue;
      const isNear = map.getZoom() < 15;
      const cell = isNear ? `${Math.floor(x / CELL_PX)}.${Math.floor(y / CELL_PX)}` : dot.id;
      const found = cells.get(cell);
      if (found) found.dots.push(dot);
      else cells.set(cell, { x, y, dots: [dot] });
    }
    const worstLast = (/** @type {Drawn} */ each) => -Math.min(...each.dots.map((dot) => ORDER.indexOf(dot.standing)));
    return [...cells.values()].sort((one, other) => worstLast(one) - worstLast(other));
  }

  /** @param {CanvasRenderingContext2D} pen @param {Drawn} each */
  function drawMany(pen, { x, y, dots: some }) {
    const worst = ORDER.find((standing) => some.some((dot) => dot.standing === standing)) ?? "on_time";
    pen.beginPath();
    pen.arc(x, y, RADIUS_PX + 2, 0, 7);
    pen.fillStyle = colours.card ?? "";
    pen.fill();
    pen.lineWidth = 2.5;
    pen.strokeStyle = colourOf(worst);
    pen.stroke();
    pen.fillStyle = colours.ink ?? "";
    pen.font = "700 12px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText(String(some.length), x, y + 4);
    if (worst !== "on_time") glyph(pen, worst, x + 13, y - 11, 4.5);
  }

  /** @param {CanvasRenderingContext2D} pen @param {Drawn} each @param {boolean} withLabel */
  function drawOne(pen, { x, y, dots: [dot] }, withLabel) {
    if (!dot) return;
    const isOld = (dot.ageS ?? 0) > OLD_S || dot.standing === "silent";
    const colour = colourOf(dot.standing);
    if (dot.heading !== null) {
      pen.save();
      pen.translate(x, y);
      pen.rotate((dot.heading * Math.PI) / 180);
      pen.globalAlpha = isOld ? 0.4 : 1;
      pen.fillStyle = colour;
      pen.beginPath();
      pen.moveTo(-7, -RADIUS_PX);
      pen.lineTo(0, -RADIUS_PX - 9);
      pen.lineTo(7, -RADIUS_PX);
      pen.fill();
      pen.restore();
    }
    pen.beginPath();
    pen.arc(x, y, RADIUS_PX, 0, 7);
    pen.fillStyle = colours.card ?? "";
    pen.fill();
    pen.setLineDash(isOld ? [4, 3] : []);
    pen.lineWidth = 2.5;
    pen.strokeStyle = colour;
    pen.stroke();
    pen.setLineDash([]);
    glyph(pen, dot.standing, x, y, 5);
    if (!withLabel) return;
    pen.font = "600 12px system-ui, sans-serif";
    pen.textAlign = "left";
    pen.lineWidth = 3.5;
    pen.lineJoin = "round";
    pen.strokeStyle = colours.land ?? "";
    pen.strokeText(dot.label, x + 17, y - 2);
    pen.fillStyle = colours.ink ?? "";
    pen.fillText(dot.label, x + 17, y - 2);
  }

  /** A state is a shape too. @param {CanvasRenderingContext2D} pen @param {string} standing @param {number} x @param {number} y @param {number} r */
  function glyph(pen, standing, x, y, r) {
    pen.fillStyle = colourOf(standing);
    pen.beginPath();
    if (standing === "late") {
      pen.moveTo(x, y - r);
      pen.lineTo(x + r, y);
      pen.lineTo(x, y + r);
      pen.lineTo(x - r, y);
    } else if (standing === "at_risk") {
      pen.moveTo(x, y - r);
      pen.lineTo(x + r, y + r * 0.8);
      pen.lineTo(x - r, y + r * 0.8);
    } else if (standing === "silent") {
      pen.arc(x, y, r, 0, 7);
      pen.strokeStyle = colourOf(standing);
      pen.lineWidth = 1.5;
      pen.setLineDash([2, 2]);
      pen.stroke();
      pen.setLineDash([]);
      return;
    } else pen.arc(x, y, r, 0, 7);
    pen.fill();
  }

  /** @param {string} standing */
  function colourOf(standing) {
    return colours[KINDS[standing] ?? "ok"] ?? "";
  }

  map.on("click", (/** @type {any} */ event) => {
    const { x, y } = event.containerPoint;
    const near = drawn.filter((each) => Math.hypot(each.x - x, each.y - y) < REACH_PX).at(-1);
    const [first] = near?.dots ?? [];
    if (near && near.dots.length > 1) {
      map.fitBounds(new LatLngBounds(near.dots.map((dot) => dot.at)).pad(0.3), { maxZoom: 15, ...animate });
    } else if (first) onChoose(first.id);
  });

  function fit() {
    const places = [...dots.map((dot) => dot.at), ...stops.map((stop) => stop.at)];
    if (places.length) map.fitBounds(new LatLngBounds(places), { padding: [40, 40], maxZoom: 15, animate: false });
  }

  /** @type {Record<string, () => void>} */
  const moves = {
    in: () => map.zoomIn(),
    out: () => map.zoomOut(),
    left: () => map.panBy([-PAN_PX, 0], animate),
    right: () => map.panBy([PAN_PX, 0], animate),
    up: () => map.panBy([0, -PAN_PX], animate),
    down: () => map.panBy([0, PAN_PX], animate),
    fit,
  };
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(frame);

  return {
    /** @param {Dot[]} next */
    show(next) {
      dots = next;
      if (!isFitted && dots.length) {
        isFitted = true;
        map.invalidateSize({ animate: false });
        fit();
      }
      draw();
    },
    /** @param {{ at: [number, number], kind: string }[]} next @param {[number, number][]} [driven] */
    showStops(next, driven = []) {
      stops = next;
      track = driven;
      if (!isFitted && stops.length) {
        isFitted = true;
        map.invalidateSize({ animate: false });
        fit();
      }
      draw();
    },
    /** @param {string} action */
    move: (action) => moves[action]?.(),
    frameMs: () => lastMs,
    draw,
  };
}
