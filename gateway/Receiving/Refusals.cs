using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>Why a request was refused before it reached a pipeline; the client is told in the answer.</summary>
internal enum RefusalReason
{
    /// <summary>Above the limit, before or after decompression.</summary>
    TooLarge,

    /// <summary>No room in the memory budget; the client may come back.</summary>
    NoMemory,

    /// <summary>The pipeline is not ready, or on its way out; the client may come back.</summary>
    Unavailable,

    /// <summary>Broken framing or compression, or a body that ended early.</summary>
    Malformed,

    /// <summary>A path, method, content type, encoding or signal that is not served.</summary>
    Unsupported,

    /// <summary>No valid token, user or password.</summary>
    Unauthenticated,

    /// <summary>The body took longer than it may, or than its client had given the call.</summary>
    TooSlow,

    /// <summary>The client went away before its request was read.</summary>
    Aborted,

    /// <summary>A fault of the gateway's own.</summary>
    Internal,
}

/// <summary>Counts refused requests by reason. Thread-safe.</summary>
internal sealed class Refusals
{
    /// <summary>What a client hears that has no valid credentials; not which part of them is wrong.</summary>
    public static RpcStatus Unauthenticated { get; } = new(GrpcStatusCode.Unauthenticated, "The request has no valid credentials.");

    private readonly long[] _counts = new long[Enum.GetValues<RefusalReason>().Length];

    /// <summary>Requests refused for this reason since the start.</summary>
    public long this[RefusalReason reason] => Interlocked.Read(ref _counts[(int)reason]);

    /// <summary>Adds one request.</summary>
    public void Count(RefusalReason reason) => Interlocked.Increment(ref _counts[(int)reason]);
}
