namespace SentryOtel.Benchmarks.Load.Outages;

/// <summary>One outage of Sentry under load.</summary>
/// <param name="Name">As in the report.</param>
/// <param name="Outage">What Sentry does meanwhile.</param>
/// <param name="LimitMiB"><c>memory_limiter.limit_mib</c>; null for the default.</param>
/// <param name="ContainerMiB">Memory of the container; null for none.</param>
/// <param name="SpansPerSecond">Of clients that do as they are told; null for as many as go, of clients that do not.</param>
internal sealed record OutageScenario(string Name, SinkMode Outage, int? LimitMiB, int? ContainerMiB, int? SpansPerSecond)
{
    private const int Usual = 30_000;
    private const int SmallMiB = 96;
    private const int SmallContainerMiB = 256;

    public static IReadOnlyList<OutageScenario> All { get; } =
    [
        new("503, default", SinkMode.Answers503, null, null, Usual),
        new("hangs, default", SinkMode.Hangs, null, null, Usual),
        new("503, limit_mib 96", SinkMode.Answers503, SmallMiB, null, Usual),
        new("hangs, limit_mib 96", SinkMode.Hangs, SmallMiB, null, Usual),
        new("503, container of 256 MiB, overload", SinkMode.Answers503, null, SmallContainerMiB, null),
        new("hangs, container of 256 MiB, overload", SinkMode.Hangs, null, SmallContainerMiB, null),
    ];
}
