import { EMPTY, type Part, type State } from "./state";

interface Example {
  name: string;
  title: string;
  files: Partial<Record<Part, string>>;
  crate?: string;
}

export const EXAMPLES: readonly Example[] = [
  { name: "pets", title: "Pet shop", files: { document: "pets.yaml" }, crate: "pet-shop" },
  { name: "changes", title: "Pet shop, changed", files: { document: "pets.yaml", earlier: "pets-earlier.yaml" }, crate: "pet-shop" },
  { name: "webhooks", title: "OpenAPI 3.1, with webhooks", files: { document: "orders.yaml" }, crate: "orders" },
  { name: "mistakes", title: "Mistakes", files: { document: "mistakes.yaml" }, crate: "mistakes" },
  {
    name: "box",
    title: "Box: upload sessions",
    files: { document: "box/box-upload-sessions.yaml", overlay: "box/overlay.yaml", config: "box/crate.yaml" },
  },
];

export async function loadExample(name: string): Promise<State> {
  const example = EXAMPLES.find((known) => known.name === name);
  const state = { ...EMPTY, name: example?.crate ?? "" };
  const files = Object.entries(example?.files ?? {}) as [Part, string][];
  await Promise.all(
    files.map(async ([part, path]) => {
      const response = await fetch(`examples/${path}`);
      if (response.ok) state[part] = await response.text();
    }),
  );
  return state;
}
