using System.Globalization;
using System.Text;

namespace SentryOtel.Kubernetes.Client;

/// <summary>Builds a query; what is null is left out.</summary>
internal sealed class QueryString
{
    private readonly StringBuilder _text = new();

    public QueryString Add(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public QueryString Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public QueryString Add(string name, bool value) => Add(name, value ? "true" : null);

    public QueryString AddWrite(string? fieldManager, bool dryRun, FieldValidation validation) =>
        Add("fieldManager", fieldManager)
            .Add("dryRun", dryRun ? "All" : null)
            .Add("fieldValidation", validation == FieldValidation.Default ? null : validation.ToString());

    public override string ToString() => _text.ToString();
}
