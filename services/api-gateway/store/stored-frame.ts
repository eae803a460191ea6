import type { FrameRequest } from '#contract/rest/frames';
import type { Frame } from '#shared/sky/frame';

/** The source that a scan follows, as requested and as it was when the scan was started. */
export interface StoredFrame extends FrameRequest {
  resolved: Frame;
}
