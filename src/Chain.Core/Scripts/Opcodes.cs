namespace Chain.Core.Scripts;

/// <summary>Questions to an <see cref="Opcode"/>.</summary>
public static class Opcodes
{
    /// <summary>True for the operations that were taken out of Script for good, since they could stall nodes (CVE-2010-5137).</summary>
    public static bool IsDisabled(this Opcode opcode) => opcode is
        (>= Opcode.Cat and <= Opcode.Right) or (>= Opcode.Invert and <= Opcode.Xor)
        or Opcode.Mul2 or Opcode.Div2 or (>= Opcode.Mul and <= Opcode.RShift);

    /// <summary>
    /// True for OP_SUCCESSx, which make a tapscript succeed wherever they stand, so that later rules may define them (BIP342).
    /// </summary>
    public static bool IsSuccess(this Opcode opcode) => (int)opcode is
        80 or 98 or (>= 126 and <= 129) or (>= 131 and <= 134) or 137 or 138 or 141 or 142 or (>= 149 and <= 153) or (>= 187 and <= 254);

    /// <summary>The number that OP_0 and OP_1 to OP_16 push; null for any other opcode.</summary>
    public static int? SmallNumber(this Opcode opcode) => opcode switch
    {
        Opcode.Op0 => 0,
        >= Opcode.Op1 and <= Opcode.Op16 => opcode - Opcode.Reserved,
        _ => null,
    };
}
