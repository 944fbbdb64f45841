namespace SentryOtel.Operator.Gateways;

/// <summary>Reasons of the conditions GatewayAvailable, Progressing and VolumesReleased of a SentryExporter. Those of pods are the kubelet's and the scheduler's own.</summary>
internal static class GatewayReasons
{
    public const string GatewayNotFound = "GatewayNotFound";
    public const string ScaledToZero = "ScaledToZero";
    public const string PodsReady = "PodsReady";
    public const string TooFewPods = "TooFewPods";
    public const string NoPodReady = "NoPodReady";
    public const string RolloutComplete = "RolloutComplete";
    public const string RollingOut = "RollingOut";
    public const string ProgressDeadlineExceeded = "ProgressDeadlineExceeded";
    public const string SwitchingStorage = "SwitchingStorage";
    public const string NotServedYet = "NotServedYet";
    public const string HeldBack = "HeldBack";
    public const string NameConflict = "NameConflict";
    public const string KindNotServed = "KindNotServed";
    public const string VolumeClaimFixed = "VolumeClaimFixed";
    public const string ClaimsLeft = "ClaimsLeft";
    public const string NoClaimLeft = "NoClaimLeft";
}
