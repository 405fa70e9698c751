// What the recipient wants at the door, in the driver's words.

/**
 * A line each; none where nothing is wished. A route that the phone has kept may say so in an older form.
 * @param {Shipment} shipment
 * @param {App["say"]} say
 * @returns {string[]}
 */
export function wishesOf({ wishes }, say) {
  if (!wishes) return [];
  const { entrance, door_code: code, floor, note, safe_place: spot, neighbour } = wishes;
  const way = [entrance, floor && say("wish.floor", { floor }), code && say("wish.code", { code }), note];
  const told = [way.filter(Boolean).join(" · ")];
  if (wishes.is_contact_free) told.push(say("wish.contact_free"));
  if (spot) {
    const where = say(`wish.place.${spot.place}`);
    told.push([say("wish.safe_place", { place: where }), spot.note].filter(Boolean).join(" "));
  }
  if (neighbour) {
    const who = [neighbour.name, neighbour.door].filter(Boolean).join(", ");
    told.push(say("wish.neighbour", { who }));
  }
  return told.filter(Boolean);
}

/**
 * Who, or which place, may receive it at this door: for one tap instead of typing.
 * @param {Shipment[]} shipments
 * @param {App["say"]} say
 * @returns {string[]}
 */
export function receivers(shipments, say) {
  const people = shipments.flatMap(({ recipient_name: name, wishes }) => [name, wishes?.neighbour?.name]);
  const found = [...people, ...places(shipments, say)];
  return [...new Set(found.filter((each) => typeof each === "string" && each !== ""))].map(String);
}

/**
 * The safe places that were wished for: nobody receives what is left there.
 * @param {Shipment[]} shipments
 * @param {App["say"]} say
 * @returns {string[]}
 */
export function places(shipments, say) {
  return shipments.flatMap(({ wishes }) => (wishes?.safe_place ? [say(`wish.place.${wishes.safe_place.place}`)] : []));
}
