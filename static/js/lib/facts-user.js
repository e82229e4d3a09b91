// What a page shows of a user.

import { fact, named } from "./facts.js";

export const userFacts = ({ username, email, role }) => [
  named("username", "User name", username),
  named("email", "E-mail", email.toLowerCase()),
  fact("role", "Role", role, role),
];
