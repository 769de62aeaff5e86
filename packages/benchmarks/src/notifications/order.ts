import { z } from "zod";

export const orderEvents: {
  readonly "order.shipped": z.ZodObject<{
    orderId: z.ZodString;
    customer: z.ZodObject<{ id: z.ZodString; email: z.ZodString; firstName: z.ZodString }>;
    carrier: z.ZodString;
    trackingUrl: z.ZodString;
    items: z.ZodArray<z.ZodObject<{ name: z.ZodString; quantity: z.ZodNumber }>>;
  }>;
} = {
  "order.shipped": z.object({
    orderId: z.string(),
    customer: z.object({ id: z.string(), email: z.string(), firstName: z.string() }),
    carrier: z.string(),
    trackingUrl: z.string(),
    items: z.array(z.object({ name: z.string(), quantity: z.number() })),
  }),
};

/** An order whose trigger is about 400 bytes of JSON. */
export function shippedOrder(index: number): z.infer<(typeof orderEvents)["order.shipped"]> {
  return {
    orderId: `order-${index.toString(16).padStart(10, "0")}`,
    customer: { id: `customer-${index % 5_000}`, email: `jane.doe.${index % 5_000}@example.com`, firstName: "Jane" },
    carrier: "Parcel Post",
    trackingUrl: `https://parcels.example.com/track/${index.toString(16).padStart(10, "0")}`,
    items: [
      { name: "A lamp for the desk", quantity: 1 },
      { name: "A bulb of 40 W", quantity: 2 },
    ],
  };
}
