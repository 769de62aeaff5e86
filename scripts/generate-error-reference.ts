/** Writes docs/reference/errors.md. A test of core tells when that is due. */
import { writeFileSync } from "node:fs";
import { errorReference, errorsPage } from "./error-reference.ts";

writeFileSync(errorsPage, errorReference());
