import { emailForm } from "../components/profile/email-form.js";
import { passwordForm } from "../components/profile/password-form.js";
import { signIns } from "../components/profile/sign-ins.js";
import { twoFactor } from "../components/profile/two-factor.js";
import { start } from "../lib/start.js";

start({ emailForm, passwordForm, signIns, twoFactor });
