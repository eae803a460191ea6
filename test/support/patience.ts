// A busy machine may stop a process for seconds. If client and server are in one process, both
// stop, and neither is lost.

/** For gRPC clients and servers in the process of the test. */
export const PATIENT = { peerTimeoutMs: 60_000 };
/** The same for the environment of a service. */
export const PATIENT_ENV = { GRPC_PEER_TIMEOUT_MS: String(PATIENT.peerTimeoutMs) };
