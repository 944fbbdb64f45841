namespace SentryOtel.Operator.Planning;

/// <summary>The condition that says what would be done, and its reasons when it can be done.</summary>
internal static class PlanReasons
{
    public const string PlannedType = "Planned";

    /// <summary>Of conditions that wait until the plan is to be carried out, and of an exporter's plan as a whole.</summary>
    public const string OnlyPlanned = "OnlyPlanned";

    public const string WouldCreate = "WouldCreate";
    public const string WouldAdopt = "WouldAdopt";
    public const string WouldUse = "WouldUse";
    public const string WouldDelete = "WouldDelete";
}
