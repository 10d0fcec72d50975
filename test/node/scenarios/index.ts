/** All scenarios. */
import './facts.ts';
import './failures.ts';
import './forms.ts';
import './life.ts';
import './names.ts';
import './psk.ts';
import './renegotiation.ts';
import './servers.ts';
import './sessions.ts';
import './streams.ts';
import './trust.ts';
import './values.ts';
import './versions.ts';
