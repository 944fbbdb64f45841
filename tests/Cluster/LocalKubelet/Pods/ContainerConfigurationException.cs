namespace SentryOtel.Cluster.Pods;

/// <summary>A container can not be started as it is described now. It waits, with this reason in its status, and is tried again.</summary>
/// <param name="reason">The kubelet's own word: CreateContainerConfigError, ErrImageNeverPull, RunContainerError ...</param>
/// <param name="message">What is wrong.</param>
internal sealed class ContainerConfigurationException(string reason, string message) : Exception(message)
{
    internal string Reason { get; } = reason;

    internal static ContainerConfigurationException Missing(string what, string name) =>
        new("CreateContainerConfigError", $"{what} \"{name}\" not found");

    internal static ContainerConfigurationException Unsupported(string what) =>
        new("CreateContainerConfigError", $"{what}: not supported by the local kubelet");
}
