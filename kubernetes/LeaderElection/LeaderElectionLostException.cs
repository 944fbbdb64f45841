namespace SentryOtel.Kubernetes.LeaderElection;

/// <summary>We led and lead no longer: whatever the leader does must stop at once, and the process end.</summary>
/// <param name="lease">Namespace and name of the Lease.</param>
/// <param name="cause">How it was lost.</param>
public sealed class LeaderElectionLostException(string lease, string cause) : Exception($"Leader election lost ({lease}): {cause}.");
