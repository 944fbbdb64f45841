using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Sending;

/// <summary>How many batches may be on the way at a time, over all projects of one exporter.</summary>
/// <param name="Senders">Attempts that are young, or have no place among the overdue.</param>
/// <param name="Overdue">Attempts that have waited long for an answer. They have places of their own, so that a project that hangs gives its senders back to the others.</param>
internal readonly record struct SendCapacity(int Senders, int Overdue)
{
    /// <summary>Connections for the management API, which may be the same host.</summary>
    private const int ApiConnections = 8;

    /// <summary>So many times as many projects as there are senders may hang before the others feel it.</summary>
    private const int OverduePerSender = 4;

    /// <summary>Connections that one host must allow, or the pool would hold up what the scheduler lets go.</summary>
    public int Connections => Senders + Overdue + ApiConnections;

    /// <summary>The capacity within <c>sending_queue.num_consumers</c> and <c>http.max_conns_per_host</c>.</summary>
    public static SendCapacity From(ExporterConfiguration exporter) => From(exporter.Queue.Consumers, exporter.Http.MaxConnectionsPerHost);

    /// <param name="consumers">Batches that are wanted on the way.</param>
    /// <param name="connections">Most connections to a host; null for as many as it takes.</param>
    public static SendCapacity From(int consumers, int? connections)
    {
        if (connections is not { } most)
        {
            return new SendCapacity(consumers, OverduePerSender * consumers);
        }

        var senders = Math.Clamp(most - (most / 4), 1, consumers);
        return new SendCapacity(senders, Math.Min(most - senders, OverduePerSender * senders));
    }
}
