import type { DeskBus } from "./bus.ts";
import type { Receivers } from "./receivers.ts";
import type { SettingsPage } from "./settings-page.ts";

/** The servers that were away are back, and get what they have missed. */
export async function recover(
  bus: DeskBus,
  receivers: Receivers,
  page: SettingsPage,
  tell: (line: string) => void,
): Promise<void> {
  for (const name of ["gone", "silent"]) receivers.named(name).handle = () => 204;

  // #region enable
  for (const { id, name } of (await page.list()).filter(({ enabled }) => !enabled)) {
    tell(`Globex enables "${name}" on its settings page.`);
    await page.enable(id);
  }
  // #endregion enable

  const silent = (await bus.sinks.hooks.webhooks.list()).find(({ name }) => name === "silent");
  if (silent === undefined) return;
  // #region replay
  const { count } = await bus.deliveries.replay({ sink: "hooks", destination: String(silent.id), state: "dead" });
  // #endregion replay
  tell(`The desk replays ${count} dead letters of "silent".`);
}
