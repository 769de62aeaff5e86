/** Of the event that tells of an order's shipping. What the shop makes of the order itself it finds again. */
export function shippingId(orderId: string): string {
  return `${orderId}-shipped`;
}
