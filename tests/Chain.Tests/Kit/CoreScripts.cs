using Chain.Core.Scripts;

namespace Chain.Tests.Kit;

/// <summary>The names that Bitcoin Core's test files give to flags and errors.</summary>
public static class CoreScripts
{
    private static readonly Dictionary<string, ScriptFlags> Flags = Enum.GetValues<ScriptFlags>()
        .Where(flag => int.IsPow2((int)flag)).ToDictionary(NameOf, StringComparer.Ordinal);

    private static readonly Dictionary<string, ScriptError> Errors = Enum.GetValues<ScriptError>().ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>The flags of a list with commas, which may be empty or NONE.</summary>
    public static ScriptFlags ParseFlags(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Where(name => name != "NONE").Aggregate(ScriptFlags.None, (flags, name) => flags | Flags[name]);

    /// <summary>Every flag that there is, alone.</summary>
    public static IEnumerable<ScriptFlags> AllFlags => Flags.Values;

    public static ScriptError ParseError(string text) => Errors[text];

    private static string NameOf(ScriptFlags flag) => flag switch
    {
        ScriptFlags.StrictEncoding => "STRICTENC",
        ScriptFlags.DerSignatures => "DERSIG",
        ScriptFlags.LowS => "LOW_S",
        ScriptFlags.CheckLockTimeVerify or ScriptFlags.CheckSequenceVerify or ScriptFlags.SigPushOnly or ScriptFlags.NullDummy or ScriptFlags.NullFail
            or ScriptFlags.CleanStack or ScriptFlags.MinimalData or ScriptFlags.MinimalIf => flag.ToString().ToUpperInvariant(),
        ScriptFlags.WitnessPubKeyType => "WITNESS_PUBKEYTYPE",
        ScriptFlags.ConstScriptCode => "CONST_SCRIPTCODE",
        ScriptFlags.DiscourageUpgradablePubKeyType => "DISCOURAGE_UPGRADABLE_PUBKEYTYPE",
        _ => Underscored(flag.ToString()),
    };

    private static string NameOf(ScriptError error) => error switch
    {
        ScriptError.BadOpcode or ScriptError.DisabledOpcode or ScriptError.InvalidStackOperation or ScriptError.UnbalancedConditional
            or ScriptError.EvalFalse or ScriptError.UnknownError or ScriptError.OpReturn or ScriptError.ScriptSize or ScriptError.PushSize
            or ScriptError.OpCount or ScriptError.StackSize or ScriptError.SigCount or ScriptError.SigDer => Underscored(error.ToString()),
        ScriptError.EqualVerify or ScriptError.CheckMultiSigVerify or ScriptError.CheckSigVerify or ScriptError.NumEqualVerify
            or ScriptError.CleanStack or ScriptError.MinimalData or ScriptError.MinimalIf or ScriptError.PubKeyType => error.ToString().ToUpperInvariant(),
        ScriptError.PubKeyCount => "PUBKEY_COUNT",
        ScriptError.InvalidAltStackOperation => "INVALID_ALTSTACK_OPERATION",
        ScriptError.NegativeLockTime => "NEGATIVE_LOCKTIME",
        ScriptError.UnsatisfiedLockTime => "UNSATISFIED_LOCKTIME",
        ScriptError.SigHashType => "SIG_HASHTYPE",
        ScriptError.SigPushOnly => "SIG_PUSHONLY",
        ScriptError.SigNullDummy => "SIG_NULLDUMMY",
        ScriptError.SigNullFail => "NULLFAIL",
        ScriptError.SigHighS => "SIG_HIGH_S",
        ScriptError.WitnessPubKeyType => "WITNESS_PUBKEYTYPE",
        _ => Underscored(error.ToString()),
    };

    private static string Underscored(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}
