// #region serve
import { startReceiver } from "./receiver.ts";

const [secret = ""] = process.argv.slice(2);
startReceiver(Number(process.env.PORT ?? 4000), secret);
// #endregion serve
