using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.LeaderElection;

/// <summary>The Lease as last read, and when (by our own clock) it was first seen like that.</summary>
internal sealed record ObservedLease(V1Lease Lease, long Since)
{
    public string? Holder => string.IsNullOrEmpty(Lease.Spec?.HolderIdentity) ? null : Lease.Spec.HolderIdentity;

    public bool SameRecord(V1Lease other) =>
        Lease.Metadata.Uid == other.Metadata.Uid
        && Lease.Spec?.HolderIdentity == other.Spec?.HolderIdentity
        && Lease.Spec?.LeaseDurationSeconds == other.Spec?.LeaseDurationSeconds
        && Lease.Spec?.AcquireTime == other.Spec?.AcquireTime
        && Lease.Spec?.RenewTime == other.Spec?.RenewTime
        && Lease.Spec?.LeaseTransitions == other.Spec?.LeaseTransitions;
}
