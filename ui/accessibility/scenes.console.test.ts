/** Every page and state of the console. */
import { everythingHolds } from "./scene";
import { CONSOLE } from "./scenes";

everythingHolds(CONSOLE);
