using System.Globalization;
using SentryOtel.Cli.Terminal;

namespace SentryOtel.Cli.Sending;

/// <summary>What became of the one item of a signal, as far as the books of its project show it. Never says more than they do.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">For people.</param>
internal sealed record Fate(FateKind Kind, string Text)
{
    /// <summary>When a queued item is tried next; null when that is not known.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether looking again before a moment can not tell more.</summary>
    public bool IsKnown(DateTimeOffset deadline) => Kind is FateKind.Delivered or FateKind.Refused or FateKind.Unknown || (Kind == FateKind.Held && Until > deadline);

    /// <summary>Compares books before and after.</summary>
    /// <param name="before">Read before the item was sent.</param>
    /// <param name="after">Read after it was taken.</param>
    public static Fate Of(Books before, Books after)
    {
        if (!before.Started.SequenceEqual(after.Started))
        {
            return new Fate(FateKind.Unknown, "a gateway pod was started anew in between, and its counts begin at zero");
        }

        if (after.IsShared)
        {
            return new Fate(FateKind.Unknown, "the gateway counts this project together with others, so that one item can not be told");
        }

        var (accepted, sent, dropped) = (after.Accepted - before.Accepted, after.Sent - before.Sent, after.TotalDropped - before.TotalDropped);
        if (accepted < 1)
        {
            return after.Parked > 0
                ? new Fate(FateKind.Pending, $"waits in the gateway for its project{(after.ParkedWhy is null ? "" : $": {after.ParkedWhy}")}")
                : new Fate(FateKind.Pending, "is not in the books of a project yet");
        }

        // What was accepted before the first reading and not settled counts among what is settled since.
        var open = accepted + before.Queued - sent - dropped;
        return open > 0 || after.Queued > 0 ? Waiting(after, dropped) : Settled(before, after, sent, dropped, accepted);
    }

    private static Fate Settled(Books before, Books after, long sent, long dropped, long accepted)
    {
        if (dropped == 0)
        {
            return new Fate(FateKind.Delivered, "delivered: Sentry took it");
        }

        var reasons = string.Join(", ", after.Dropped.Where(pair => pair.Value > before.Dropped.GetValueOrDefault(pair.Key)).Select(static pair => pair.Key));
        return sent == 0
            ? new Fate(FateKind.Refused, $"dropped ({reasons}){Words(before, after)}")
            : new Fate(FateKind.Unknown, string.Create(
                CultureInfo.InvariantCulture, $"of {accepted} items that the project was sent meanwhile {dropped} were dropped ({reasons}), and it can not be told whether this one is among them{Words(before, after)}"));
    }

    private static Fate Waiting(Books after, long dropped) => after switch
    {
        { Hold: "rate_limited", HeldUntil: { } until } => new Fate(FateKind.Held, $"still queued: Sentry limits the project until {Ages.At(until)}; the gateway sends it then") { Until = until },
        { Hold: { } hold, HeldUntil: { } until } => new Fate(FateKind.Held, $"still queued ({hold}), next try at {Ages.At(until)}{LastWords(after)}") { Until = until },
        { Hold: { } hold } => new Fate(FateKind.Held, $"still queued ({hold}){LastWords(after)}"),
        _ => new Fate(FateKind.Pending, dropped == 0 ? "is queued or on its way" : "is queued or on its way, and other items of the project were dropped meanwhile"),
    };

    private static string Words(Books before, Books after) => after.LastError == before.LastError ? "" : LastWords(after);

    private static string LastWords(Books books) => books.LastError is { } error
        ? string.Create(CultureInfo.InvariantCulture, $"; Sentry said: {error.Status} {error.Message}").TrimEnd()
        : "";
}

/// <summary>What became of an item.</summary>
internal enum FateKind
{
    /// <summary>Not known yet.</summary>
    Pending,

    /// <summary>Queued for longer.</summary>
    Held,

    /// <summary>Sentry took it.</summary>
    Delivered,

    /// <summary>It was dropped.</summary>
    Refused,

    /// <summary>It will not be known.</summary>
    Unknown,
}
