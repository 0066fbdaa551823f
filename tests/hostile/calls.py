def draw_call(draw): raise NotImplementedError
class CallInput: pass
