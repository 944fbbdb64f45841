namespace SentryOtel.Kubernetes.Conditions;

/// <summary>The three values of a condition's status.</summary>
public static class ConditionStatus
{
    /// <summary>The condition holds.</summary>
    public const string True = "True";

    /// <summary>It does not hold.</summary>
    public const string False = "False";

    /// <summary>It can not be told.</summary>
    public const string Unknown = "Unknown";

    /// <summary>True or False.</summary>
    public static string Of(bool holds) => holds ? True : False;
}
