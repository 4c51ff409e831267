import { find } from "./dom";
import { loadExample } from "./examples";
import { setUpPanes } from "./panes";
import { Playground } from "./playground";
import { type State, readFragment } from "./state";
import { setUpToolbar } from "./toolbar";

/** What the address says, or else an example. */
async function firstState(): Promise<State> {
  try {
    const shared = await readFragment(location.hash);
    if (shared) return shared;
  } catch {
    find("banner").textContent = "The address is damaged, so what it shared cannot be shown. Here is an example instead.";
    find("banner").hidden = false;
  }
  return loadExample("pets");
}

const playground = new Playground();
setUpPanes();
setUpToolbar(playground);
playground.load(await firstState(), true);
window.addEventListener("hashchange", async () => playground.load(await firstState()));
