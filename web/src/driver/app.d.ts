// What a screen may ask of the app.

interface App {
  page: { base: string; tag: string; hour12: boolean; words: Words; style: string };
  say: (key: string, values?: Record<string, string | number>) => string;
  data: import("./state.js").State;
  fix: import("./watch.js").Fix | null;
  screen: string;
  params: Record<string, string>;
  show: (name: string, params?: Record<string, string>) => void;
  render: () => void;
  act: (
    what: Pick<Entry, "kind" | "label"> & Partial<Entry>,
    options?: { files?: (Picture & { shipment_id: string })[]; canUndo?: boolean },
    isHurried?: boolean,
  ) => Promise<string>;
  trouble: (key: string, text: string | null) => void;
  setDuty: (isOn: boolean) => Promise<void>;
  signOut: () => Promise<void>;
  redeem: (code: string) => Promise<string | null>;
  times: (span: Span | null | undefined, zone: string) => string;
  /** Milliseconds of the office's clock, as far as the phone knows it. */
  now: () => number;
  read: () => Promise<void>;
  isMoving: () => boolean;
  /** Where the phone is, if it knows it well enough for a proof. */
  here: () => Spot | null;
  standStill: () => void;
  whenLeft: (onLeave: () => void) => void;
}

interface Drawn {
  title: string;
  body: Node[];
  dock: Node[];
  /** What may change on a screen whose fields must stay as they are. */
  update?: () => void;
}
