/** All scenarios. */
import './forms.ts';
import './life.ts';
import './names.ts';
import './psk.ts';
import './renegotiation.ts';
import './sessions.ts';
import './trust.ts';
import './values.ts';
import './versions.ts';
