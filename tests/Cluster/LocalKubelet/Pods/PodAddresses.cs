using System.Globalization;

namespace SentryOtel.Cluster.Pods;

/// <summary>Gives each pod a loopback address of its own, in a network that this node has drawn by lot: nodes of other tests run beside it.</summary>
internal sealed class PodAddresses
{
    private readonly string _network = string.Create(
        CultureInfo.InvariantCulture, $"127.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(0, 256)}.");

    private int _last;

    /// <summary>An address that this node has not given away lately.</summary>
    internal string Next() => _network + ((Interlocked.Increment(ref _last) % 254) + 1).ToString(CultureInfo.InvariantCulture);
}
