// The properties of a user that people edit, for comparing versions.

import { property, nameProperty } from "./compare-versions.js";

export const getUserProperties = ({ username, email, role }) => [
  nameProperty("username", "User name", username),
  nameProperty("email", "E-mail", email.toLowerCase()),
  property("role", "Role", role, role),
];
