using System.Globalization;

namespace SentryOtel.Benchmarks.Load.Outages;

/// <summary>What memory the gateway may use.</summary>
/// <param name="LimitMiB"><c>memory_limiter.limit_mib</c>; null for the default.</param>
/// <param name="ContainerMiB">Memory of the container; null for none.</param>
/// <param name="Group">The container; null where none can be made.</param>
internal sealed record GatewayMemory(int? LimitMiB, int? ContainerMiB, MemoryGroup? Group)
{
    // What .NET takes for its heap of a container's memory.
    private const double HeapShare = 0.75;

    public static GatewayMemory Unlimited { get; } = new(null, null, null);

    /// <summary>The section <c>memory_limiter</c>; empty for none.</summary>
    public string Limiter => LimitMiB is { } mib ? string.Create(CultureInfo.InvariantCulture, $", memory_limiter: {{limit_mib: {mib}}}") : string.Empty;

    /// <summary>The command line that runs a program within the container. Without one, the runtime is told what it would find there.</summary>
    public IReadOnlyList<string> Within(string program) => (Group, ContainerMiB) switch
    {
        ({ } group, _) => ["sh", "-c", "echo $$ >\"$0\" && exec \"$@\"", group.Members, program],
        (null, { } mib) => ["env", string.Create(CultureInfo.InvariantCulture, $"DOTNET_GCHeapHardLimit={(long)(mib * HeapShare) << 20:X}"), program],
        _ => [program],
    };
}
