using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>What must have become of an item.</summary>
internal enum FateKind
{
    /// <summary>It arrived in its project, once.</summary>
    Delivered,

    /// <summary>It arrived in its project twice: Sentry took it and the gateway could not know.</summary>
    DeliveredTwice,

    /// <summary>It never arrived, and is counted as dropped for the reason.</summary>
    Dropped,

    /// <summary>It arrived once, or it is counted as dropped for the reason; which of both was for chance to decide.</summary>
    DeliveredOrDropped,

    /// <summary>It arrived once or twice; which of both was for chance to decide.</summary>
    DeliveredOnceOrTwice,

    /// <summary>It has not arrived and waits.</summary>
    Queued,

    /// <summary>The client was told that it was not taken.</summary>
    Refused,

    /// <summary>Sentry said success and threw it away, for the reason: no sender can know.</summary>
    LostBySentry,
}

/// <summary>A fate, with its reason where it has one.</summary>
internal readonly record struct Fate(FateKind Kind, string Reason = "")
{
    public static Fate Delivered { get; } = new(FateKind.Delivered);

    public static Fate DeliveredTwice { get; } = new(FateKind.DeliveredTwice);

    public static Fate DeliveredOnceOrTwice { get; } = new(FateKind.DeliveredOnceOrTwice);

    public static Fate Queued { get; } = new(FateKind.Queued);

    public static Fate Refused { get; } = new(FateKind.Refused);

    public static Fate Dropped(string reason) => new(FateKind.Dropped, reason);

    public static Fate DeliveredOrDropped(string reason) => new(FateKind.DeliveredOrDropped, reason);

    public static Fate LostBySentry(string reason) => new(FateKind.LostBySentry, reason);

    public override string ToString() => Reason.Length == 0 ? $"{Kind}" : $"{Kind} ({Reason})";
}

/// <summary>One span or log record that was sent to the gateway.</summary>
/// <param name="Id">The span's name or the record's body.</param>
/// <param name="Project">Where it belongs.</param>
/// <param name="Signal">Which of both it is.</param>
internal sealed record Item(string Id, SentryProject Project, OtlpSignal Signal)
{
    /// <summary>What must have become of it.</summary>
    public Fate Fate { get; set; } = Fate.Delivered;
}
