import { emailForm } from "../components/email-form.js";
import { passwordForm } from "../components/password-form.js";
import { signIns } from "../components/sign-ins.js";
import { twoFactor } from "../components/two-factor.js";
import { start } from "../lib/start.js";

start({ emailForm, passwordForm, signIns, twoFactor });
