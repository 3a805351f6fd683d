/** The people that a visitor can be or call, and the images that can be shown of them. */

/** What the account knows a person by, and what this page knows besides. */
export const PEOPLE = [
  { cuid: "anita_customer", name: "Anita", role: "customer", image: "anita.svg" },
  { cuid: "ravi_courier", name: "Ravi", role: "courier", image: "ravi.svg" },
  { cuid: "meera_support", name: "Meera", role: "support", image: "meera.svg" },
];

/** The address of a file of this page as the other person's browser needs it: whole. */
export function addressOf(file) {
  return new URL(`/demo/${file}`, location.href).href;
}

/** The suggested person with this cuid. */
export function personWith(cuid) {
  return PEOPLE.find((person) => person.cuid === cuid);
}

/** Whom `cuid` would call or be called by: the first suggested person who is somebody else. */
export function partnerOf(cuid) {
  return PEOPLE.find((person) => person.cuid !== cuid && person.cuid !== "meera_support") ?? PEOPLE[0];
}

/** The choices of an image, by label. An empty address passes no image: the screen then shows logo or letter. */
export function imageChoices(own) {
  return [
    { label: "None: logo or first letter", address: "" },
    ...PEOPLE.map(({ name, image }) => ({ label: name, address: addressOf(image) })),
    { label: "An address that does not exist", address: addressOf("nobody.png") },
    ...(own ? [{ label: "The address below", address: own }] : []),
  ];
}
