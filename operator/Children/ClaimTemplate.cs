using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Children;

/// <summary>The volume claims of a StatefulSet, which a server lets nobody change.</summary>
internal static class ClaimTemplate
{
    private const string Field = "volumeClaimTemplates";

    /// <summary>Puts the live claims into the manifest where they are others than it wants; true when that was so.</summary>
    public static bool Keep(Child child)
    {
        if (child is not { Wanted: { } wanted, Live: { } live } || child.Resource != ChildKind.StatefulSet
            || (LiveState.Holds(live["spec"]?[Field], wanted["spec"]![Field]) && ClassOf(live) == ClassOf(wanted)))
        {
            return false;
        }

        wanted["spec"]![Field] = live["spec"]![Field]!.DeepClone();
        return true;
    }

    // A class that is wanted no more would not be missed otherwise.
    private static string? ClassOf(JsonObject set) => (string?)set["spec"]?[Field]?[0]?["spec"]?["storageClassName"];
}
