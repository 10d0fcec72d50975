/** All scenarios. */
import './forms.ts';
import './life.ts';
import './trust.ts';
import './values.ts';
