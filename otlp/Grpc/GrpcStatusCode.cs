namespace SentryOtel.Otlp.Grpc;

/// <summary>The status codes of gRPC, also the <c>code</c> of google.rpc.Status.</summary>
public enum GrpcStatusCode
{
    /// <summary>Success.</summary>
    Ok = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>An error with no better code.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the server's state; OTLP clients never retry it.</summary>
    InvalidArgument = 3,

    /// <summary>The caller's deadline passed.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be created exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or size limit; OTLP clients retry it only when RetryInfo comes with it.</summary>
    ResourceExhausted = 8,

    /// <summary>The server's state does not allow it.</summary>
    FailedPrecondition = 9,

    /// <summary>A conflict ended the operation; retryable for OTLP clients.</summary>
    Aborted = 10,

    /// <summary>Past the valid range; retryable for OTLP clients.</summary>
    OutOfRange = 11,

    /// <summary>No such method, or a compression the server does not have.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken.</summary>
    Internal = 13,

    /// <summary>Not now; OTLP clients retry it.</summary>
    Unavailable = 14,

    /// <summary>Data is lost for good; retryable for OTLP clients.</summary>
    DataLoss = 15,

    /// <summary>The caller has no valid credentials.</summary>
    Unauthenticated = 16,
}
