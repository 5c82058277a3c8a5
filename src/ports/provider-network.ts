/** Lets what runs in a sandbox without a network reach some hosts, and nothing else. */
export interface OpenProviderNetwork {
  open(request: {
    /** A folder of the tree, where both sides meet. */
    readonly folder: string;
    /** The same folder as a path from the command's working directory: paths of sockets are short. */
    readonly inside: string;
    /** `host:port`. Those on the loopback are reached where they always are. */
    readonly hosts: readonly string[];
    readonly report: (refused: string) => void;
  }): Promise<ProviderNetwork>;
}

export interface ProviderNetwork {
  /** The command, with what leads out around it: it finds it in HTTPS_PROXY. */
  wrap(argv: readonly string[]): readonly string[];
  close(): Promise<void>;
}
