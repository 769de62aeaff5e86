/** The id of what an event owes to a fixed destination of a sink, by which it is found again. Differs for all that differ. */
export function fixedDeliveryId(eventId: string, sink: string, destination: string): string {
  return eventId + fixedDeliverySuffix(sink, destination);
}

/** What such an id ends with, whatever the event. */
export function fixedDeliverySuffix(sink: string, destination: string): string {
  return `/${segment(sink)}/${segment(destination)}`;
}

function segment(text: string): string {
  return text.replace(/[%/]/g, encodeURIComponent);
}
