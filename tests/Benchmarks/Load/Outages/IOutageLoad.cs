namespace SentryOtel.Benchmarks.Load.Outages;

/// <summary>Clients, and what they were told.</summary>
internal interface IOutageLoad : IDisposable
{
    /// <summary>Items that the gateway said it took.</summary>
    long Acknowledged { get; }

    /// <summary>Refused requests by the answer; each try counts.</summary>
    IReadOnlyDictionary<string, int> Refusals { get; }

    /// <summary>99th percentile of the time until a request is answered, whatever the answer.</summary>
    TimeSpan AnsweredWithin { get; }

    /// <summary>Makes requests for so long; ends when nothing is to be sent any more.</summary>
    /// <returns>Items offered.</returns>
    Task<long> RunAsync(TimeSpan duration);
}
