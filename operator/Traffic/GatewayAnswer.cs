using System.Collections.Frozen;

namespace SentryOtel.Operator.Traffic;

/// <summary>What came of asking a gateway: a document, or why there is none.</summary>
internal sealed record GatewayAnswer(GatewayDocument? Document, ReadFailure Failure, string? Message)
{
    public static GatewayAnswer Of(GatewayDocument document) => new(document, default, null);

    public static GatewayAnswer Failed(ReadFailure failure, string message) => new(null, failure, message);
}

/// <summary>Why a gateway could not be read.</summary>
internal enum ReadFailure
{
    /// <summary>The pod is gone, another one, or none of the exporter's.</summary>
    Gone,

    /// <summary>The pod has no address yet, or the API server did not tell it.</summary>
    NoAddress,

    /// <summary>No connection, or one that broke.</summary>
    Unreachable,

    /// <summary>No whole answer in time.</summary>
    TimedOut,

    /// <summary>Another status than 200.</summary>
    Refused,

    /// <summary>An answer beyond all bounds.</summary>
    TooLarge,

    /// <summary>An answer that is not what a gateway says.</summary>
    Malformed,

    /// <summary>Something that nobody foresaw.</summary>
    Failed,
}

/// <summary>Failures as metrics name them.</summary>
internal static class ReadFailureNames
{
    private static readonly FrozenDictionary<ReadFailure, string> Names = new Dictionary<ReadFailure, string>
    {
        [ReadFailure.Gone] = "gone",
        [ReadFailure.NoAddress] = "no_address",
        [ReadFailure.Unreachable] = "unreachable",
        [ReadFailure.TimedOut] = "timed_out",
        [ReadFailure.Refused] = "refused",
        [ReadFailure.TooLarge] = "too_large",
        [ReadFailure.Malformed] = "malformed",
        [ReadFailure.Failed] = "failed",
    }.ToFrozenDictionary();

    public static string Name(this ReadFailure failure) => Names[failure];
}
