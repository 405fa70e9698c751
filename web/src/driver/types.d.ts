// What the driver's API gives, and what the phone keeps. Only what the app uses is named.

/** Sentences by name: one form, or one for each plural category of the language. */
type Words = Record<string, string | Record<string, string>>;

interface Span {
  earliest: string;
  latest: string;
}

interface Eta extends Span {
  expected: string;
}

interface Shipment {
  id: string;
  reference: string;
  status: string;
  recipient_name: string;
  address_lines: string[];
  city: string;
  postal_code: string | null;
  instructions: string | null;
  barcodes: string[];
  scanned_barcodes: string[];
  parcels: { barcode: string; state: string }[];
  photo: "none" | "optional" | "required";
  signature?: "none" | "optional" | "required";
  pin?: "none" | "optional" | "required";
  photo_when_failed?: "none" | "optional" | "required";
  /** Null where nothing is wished. Absent, or without a word, in a route that was kept in an older form. */
  wishes?: Wishes | null;
}

/** What the recipient wants at the door. */
interface Wishes {
  number: number;
  entrance: string | null;
  door_code: string | null;
  floor: string | null;
  note: string | null;
  safe_place: { place: string; note: string | null } | null;
  neighbour: { name: string; door: string | null } | null;
  is_contact_free: boolean;
}

interface Stop {
  id: string;
  lat_deg: number;
  lon_deg: number;
  time_zone: string;
  window: Span | null;
  is_done: boolean;
  eta: Eta | null;
  shipments: Shipment[];
}

interface Route {
  id: string;
  status: "planned" | "active" | "completed" | "cancelled";
  plan_version: number;
  service_day: string;
  starts_at: string;
  started_at: string | null;
  stops: Stop[];
  missing: { stop_id: string; shipment_id: string; barcodes: string[] }[];
  cancelled: {
    stop_id: string;
    shipment_id: string;
    reference: string;
    barcodes: string[];
    scanned_barcodes: string[];
  }[];
}

type Kind = "scan" | "unload" | "start" | "arrive" | "deliver" | "fail" | "fix" | "file" | "message" | "seen";

/** Something that the driver did or that the phone noticed, in the order of `seq`. */
interface Entry {
  seq?: number;
  action_id: string;
  driver_id: string;
  kind: Kind;
  /** Of the device's clock. */
  at: string;
  /** Milliseconds of the device's clock: before this it can be undone. */
  held_until?: number;
  stop_id?: string;
  /** What a person calls it. */
  label: string;
  body: Record<string, unknown>;
  state: "waiting" | "sent" | "refused";
  sent_at?: number;
  problem?: { code: string; detail: string };
  /** Of a message: the driver wants it sent although it is old. */
  is_meant?: boolean;
  /** Of a file: the action that it proves, its own id at the office, and the picture. */
  of?: string;
  shipment_id?: string;
  proof_id?: string;
  blob?: Blob;
  proof_kind?: "photo" | "signature";
  /** Of the device's clock. Absent, like the two beside it, in what an older version has kept. */
  taken_at?: string | null;
  place?: Spot | null;
  /** The same time of the office's clock, once the phone has told the office of the picture. */
  captured_at?: string;
  /** Of a report: what was typed and chosen, so that the visit can be opened again. */
  said?: Partial<Draft>;
  /** What the office says of it although it took it. */
  remark?: "pin";
}

/** A picture with when and where it was taken, as far as the phone knows. */
interface Picture {
  blob: Blob;
  proof_kind: "photo" | "signature";
  taken_at: string | null;
  place: Spot | null;
}

interface Session {
  token: string;
  driver_id: string;
  expires_at: string;
}

interface Draft {
  stop_id: string;
  photos: Picture[];
  signature: Picture | null;
  typed: string;
  by: string;
  note: string;
  pin: string;
  scanned: string[];
  left_out: string[];
  reason: string;
}

interface Change {
  kind: "added" | "removed" | "order" | "edited" | "cancelled" | "wishes" | "pin";
  what: string;
}

/** One message of a thread, as the office has it. Its ids are in the order of writing. */
interface Message {
  id: string;
  shipment_id: string;
  author: "recipient" | "driver" | "dispatcher" | "shipper";
  text: string;
  quick_reply: string | null;
  written_at: string;
}

/** What has become of the positions since the shift began: each is counted once, when it is answered. */
interface Tally {
  since: string;
  /** Kept by the office. */
  taken: number;
  /** Kept by the office, which does not go by them. */
  doubted: Record<string, number>;
  /** Not kept. */
  refused: Record<string, number>;
}

interface Place {
  lat_deg: number;
  lon_deg: number;
}

interface Spot extends Place {
  accuracy_m: number | null;
}
