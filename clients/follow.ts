// Create a shipment and follow it: node clients/follow.ts URL KEY REFERENCE. Run `make clients` first.
import createClient from "openapi-fetch";

import type { paths } from "./generated/doorstep.d.ts";

const [url, key, reference] = process.argv.slice(2);
if (!url || !key || !reference) throw new Error("node clients/follow.ts URL KEY REFERENCE");
const doorstep = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });

const made = await doorstep.POST("/v1/shipments", {
  params: { header: { "Idempotency-Key": `order ${reference}` } },
  body: {
    reference,
    recipient: { name: "Aino Virtanen", locale: "fi" },
    address: {
      lines: ["Aleksanterinkatu 1"],
      city: "Helsinki",
      country: "FI",
      lat_deg: 60.169,
      lon_deg: 24.9525,
      time_zone: "Europe/Helsinki",
    },
    parcels: [{ barcode: `BOX-${reference}` }],
  },
});
if (made.error) throw new Error(`${made.error.title}: ${made.error.detail}`);

const shipment = await doorstep.GET("/v1/shipments/{shipment_id}", {
  params: { path: { shipment_id: made.data.id } },
});
const history = await doorstep.GET("/v1/shipments/{shipment_id}/events", {
  params: { path: { shipment_id: made.data.id } },
});
if (shipment.error || history.error) throw new Error("The shipment cannot be read.");

console.log(
  JSON.stringify({
    id: shipment.data.id,
    status: shipment.data.status,
    tracking_url: made.data.tracking_url,
    events: history.data.data.map((event) => event.type),
  }),
);
