// The properties of a user that people edit, for comparing versions.

import { fact, nameFact } from "./facts.js";

export const userFacts = ({ username, email, role }) => [
  nameFact("username", "User name", username),
  nameFact("email", "E-mail", email.toLowerCase()),
  fact("role", "Role", role, role),
];
