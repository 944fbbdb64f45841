namespace SentryOtel.Operator.Checking;

/// <summary>One verb on one resource.</summary>
/// <param name="ApiGroup">Empty for the core group.</param>
/// <param name="Resource">Plural, with <c>/subresource</c>.</param>
/// <param name="Verb">The verb.</param>
/// <param name="Name">The one object; empty for all.</param>
internal sealed record Permission(string ApiGroup, string Resource, string Verb, string Name = "")
{
    public override string ToString() => $"{Verb} {(ApiGroup.Length == 0 ? Resource : $"{Resource}.{ApiGroup}")}{(Name.Length == 0 ? "" : $" {Name}")}";
}
