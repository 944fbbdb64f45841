namespace SentryOtel.Cluster.Pods;

/// <summary>What a container's status says, without its name and image.</summary>
/// <param name="Ready">Passes its readiness probe.</param>
/// <param name="Started">Runs and has passed its startup probe.</param>
/// <param name="RestartCount">How often it was started again.</param>
/// <param name="Current">What it does now.</param>
/// <param name="Last">How it ended the time before.</param>
internal sealed record ContainerState(bool Ready, bool Started, int RestartCount, ContainerPhase Current, Terminated? Last)
{
    internal static ContainerState Initial { get; } = new(false, false, 0, new Waiting("ContainerCreating", string.Empty), null);
}

/// <summary>One of the three states of a container.</summary>
internal abstract record ContainerPhase;

internal sealed record Waiting(string Reason, string Message) : ContainerPhase;

internal sealed record Running(DateTimeOffset StartedAt) : ContainerPhase;

internal sealed record Terminated(int ExitCode, string Message, DateTimeOffset StartedAt, DateTimeOffset FinishedAt) : ContainerPhase;
